// A page's entry in ESM.
import { talk } from "../talk.js";

window.talk = talk;
