package io.stopline.studio.demo;

/** What the demonstration is at; the page's steps. */
enum Phase {
  STARTING,
  SEARCHING,
  CLEAN,
  ATTACKED,
  CONTROL,
  INCIDENT,
  DONE,
  FAILED
}
