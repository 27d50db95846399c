package io.stopline.config.images;

/**
 * How large an image is.
 *
 * @param width px, at least 1
 * @param height px, at least 1
 */
public record ImageSize(int width, int height) {}
