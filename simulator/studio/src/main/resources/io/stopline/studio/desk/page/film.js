import { blob } from "/net.js";

/** Decoded pictures that are kept: enough to go to and fro, not so many that a phone runs out. */
const KEPT = 64;
const AT_A_TIME = 4;

/** Decoded ahead of where somebody goes: decoding takes longer than drawing. */
const AHEAD = 4;

/** The frames of one film: all fetched once, decoded when they are looked at. */
export class Film {
  constructor(drive, kind, frames) {
    this.frames = frames;
    this.path = (frame) => `/pictures/drives/${drive}/${kind}/${frame}.jpg`;
    this.blobs = new Array(frames);
    this.bitmaps = new Map();
    this.width = 640;
    this.closed = false;
  }

  /** How wide pictures are shown, px: they are decoded no larger. */
  shownAt(width) {
    if (Math.abs(width - this.width) < 8) return;
    this.width = width;
    this.forget();
  }

  /** Fetches what is not here yet, from a frame on, and tells how many are. */
  async fetchAll(from, told) {
    const order = Array.from({ length: this.frames }, (_, i) => (from + i) % this.frames);
    let next = 0;
    let here = 0;
    const one = async () => {
      while (next < order.length && !this.closed) {
        await this.fetch(order[next++]);
        told(++here);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, one));
  }

  fetch(frame) {
    this.blobs[frame] ??= blob(this.path(frame));
    return this.blobs[frame];
  }

  /** A frame, decoded as large as it is shown; the next ones in the same direction are decoded too. */
  async bitmap(frame, direction = 0) {
    const wanted = this.decode(frame);
    for (let i = 1; i <= AHEAD && direction; i++) {
      const next = frame + i * direction;
      if (next >= 0 && next < this.frames && this.blobs[next]) this.decode(next);
    }
    return wanted;
  }

  decode(frame) {
    const kept = this.bitmaps.get(frame);
    if (kept) {
      this.bitmaps.delete(frame);
      this.bitmaps.set(frame, kept);
      return kept;
    }
    const made = this.fetch(frame).then((bytes) => createImageBitmap(bytes, { resizeWidth: this.width, resizeQuality: "low" }));
    // Whoever shows it hears of a failure; what is only decoded ahead fails in silence.
    made.catch(() => this.bitmaps.delete(frame));
    this.bitmaps.set(frame, made);
    if (this.bitmaps.size > KEPT) {
      const [oldest, gone] = this.bitmaps.entries().next().value;
      this.bitmaps.delete(oldest);
      gone.then((bitmap) => bitmap.close(), () => {});
    }
    return made;
  }

  /** A part of a frame at the camera's own size. */
  async crop(frame, x, y, width, height) {
    return createImageBitmap(await this.fetch(frame), x, y, width, height);
  }

  forget() {
    for (const bitmap of this.bitmaps.values()) bitmap.then((made) => made.close(), () => {});
    this.bitmaps.clear();
  }

  close() {
    this.closed = true;
    this.forget();
  }
}
