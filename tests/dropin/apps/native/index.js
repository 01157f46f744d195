// The entry of an app in React Native.
import { talk } from "../talk.js";

globalThis.talk = talk;
