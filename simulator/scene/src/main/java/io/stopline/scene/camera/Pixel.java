package io.stopline.scene.camera;

/** A point of a picture, px; (0, 0) is the outer corner of its first pixel. It may lie outside. */
public record Pixel(double x, double y) {}
