package io.stopline.evaluation.certificate;

/**
 * An input as a page shows it: one without a certificate, or one that fell although it had none to
 * lose.
 *
 * @param caption for people: what it is, what it was named, how far it is from a certificate
 * @param png the picture
 * @param what the picture shows, for who cannot see it
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never written to
public record WorstExample(String caption, byte[] png, String what) {}
