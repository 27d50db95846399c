package io.stopline.tflite;

/**
 * A delegate that was preferred and is not used.
 *
 * @param delegate as the preference names it
 * @param reason for a person: what is missing, failed or differs
 */
public record PassedOver(String delegate, String reason) {}
