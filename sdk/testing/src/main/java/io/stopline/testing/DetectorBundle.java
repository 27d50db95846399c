package io.stopline.testing;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.imageio.ImageIO;

/**
 * A bundle of somebody else's detector, SSD MobileNet of {@code ../shared}, which finds and then
 * looks closer, and frames to drive it by. The caller seals and calibrates it.
 */
public final class DetectorBundle {

  /** The detector's name in the bundle. */
  public static final String MODEL = "ssd";

  /** The policy's file. */
  public static final String POLICY = "policies/detector.yaml";

  /** The policy's calibration. */
  public static final String CALIBRATION = "calibrations/detector.yaml";

  private static final String SSD = "data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite";
  private static final String LABELS = "data/models/ssd_mobilenet_v1_coco_labelmap.txt";

  /** Of {@link #photograph()}, for {@link SharedFiles}. */
  public static final String PHOTOGRAPH = "data/scenes/usgov/34501842524_3c858b3080_k.jpg";

  private static final String POLICY_TEXT =
      """
      schema: 1
      members: [ssd]
      views:
        jitter:
          - crop-resize-pad: {minimumScale: 1.0, maximumScale: 1.2, fill: grey}
          - rotation: {maximumDegrees: 4}
          - affine-jitter: {maximumShift: 0.03, maximumStretch: 0.04, maximumShear: 0.04}
          - gamma: {minimum: 0.85, maximum: 1.18}
      checks:
        - transform-consistency: {view: jitter, draws: 4, weight: 2}
        - finder-agreement: {weight: 2}
        - track-plausibility: {standing: [stop sign, traffic light], weight: 1}
      finder:
        detector: ssd
        threshold: 0.4
        maximum: 10
        margin: 0.5
        labels: [stop sign]
      falseAlarmRate: 0.05
      deadlineMillis: 10000
      minimumSide: 16
      minimumProbability: 0.5
      calibration: calibrations/detector.yaml
      """;

  private DetectorBundle() {}

  /**
   * Writes all but the calibration; skips the test where the model is not at hand.
   *
   * @param folder to be made
   */
  public static Path write(Path folder) {
    byte[] model = SharedFiles.bytes(SSD);
    write(folder, "models/ssd.tflite", model);
    write(folder, "labels.txt", SharedFiles.bytes(LABELS));
    text(
        folder,
        "models/ssd.yaml",
        """
        schema: 1
        kind: detector
        file: models/ssd.tflite
        sha256: "%s"
        input: {low: 0, high: 1}
        output: ssd-postprocess
        detector: {fit: stretch}
        labels: labels.txt
        licence: Apache-2.0
        reference: {seed: 7, count: 2, tolerance: 0.05}
        """
            .formatted(sha256(model)));
    text(folder, "models/ssd.md", "# SSD MobileNet v1, COCO\n");
    text(
        folder,
        "profiles/desktop.yaml",
        "schema: 1\ndelegates: [xnnpack]\nthreads: 2\nframesPerSecond: 30\n");
    text(folder, POLICY, POLICY_TEXT);
    text(
        folder,
        "bundle.yaml",
        """
        schema: 1
        name: somebodys-detector
        version: 0.1.0
        defaultPolicy: detector
        defaultProfile: desktop
        files: {labels.txt: "%s"}
        """
            .formatted("0".repeat(64)));
    return folder;
  }

  /** Writes a text file of the bundle. */
  public static void text(Path folder, String file, String text) {
    write(folder, file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path folder, String file, byte[] bytes) {
    try {
      Path path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A photograph with a stop sign at (305, 144) to (419, 353); skips the test without it. */
  public static BufferedImage photograph() {
    try {
      return ImageIO.read(SharedFiles.path(PHOTOGRAPH).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A frame of 640×480 px of a drive towards what lies at a point of a picture.
   *
   * @param scale how large the picture is shown
   * @param x of the picture, px, which is shown at (400, 200)
   * @param y likewise
   */
  public static BufferedImage frame(BufferedImage picture, double x, double y, double scale) {
    BufferedImage frame = new BufferedImage(640, 480, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = frame.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.translate(400, 200);
    g.scale(scale, scale);
    g.translate(-x, -y);
    g.drawImage(picture, 0, 0, null);
    g.dispose();
    return frame;
  }
}
