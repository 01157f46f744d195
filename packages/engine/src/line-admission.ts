import { Admission } from "./admission.ts";

/** A request for a line of another language than Engine.IO: there is nothing to it but a new session. */
export class LineAdmission<Pass> extends Admission<Pass> {
  protected override check(): void {
    const { method } = this.request;
    if (method !== "GET") this.refuse("BAD_HANDSHAKE_METHOD", { method });
    else if (this.checkOrigin()) this.checkNew();
  }
}
