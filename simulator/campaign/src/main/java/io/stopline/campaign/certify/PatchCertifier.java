package io.stopline.campaign.certify;

import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.Margins;
import io.stopline.sdk.image.Region;
import java.util.List;

/**
 * Proves, picture by picture, what a square patch cannot do: it asks the model about the picture
 * with each place of the patch hidden in turn. Belongs to one thread at a time.
 */
interface PatchCertifier extends AutoCloseable {

  /**
   * What is proved of one clean picture.
   *
   * @param named class that the model names
   * @param inferences that it took
   * @param margins one a level and patch side
   */
  record Proof(int named, long inferences, List<Margins> margins) {
    public Proof {
      margins = List.copyOf(margins);
    }
  }

  /**
   * What a picture that may be attacked gets past the check.
   *
   * @param passes the score of the wrong label that looks least odd: an attack has won if it is at
   *     most τ
   * @param recovered group that is left whatever one patch did, −1 if none; only if it was asked
   *     for
   */
  record Ruling(double passes, int recovered) {}

  /** {@code windows} or {@code masks}. */
  String method();

  /** Size of the pictures that it takes. */
  ImageShape shape();

  /** Sides of the patches that it covers, px. */
  List<Integer> sides();

  /** What the views for patches of a side hide. */
  PatchCover cover(int side);

  /**
   * Looks for proofs.
   *
   * @param image HWC, 0..1
   * @param label right class
   */
  Proof prove(float[] image, int label);

  /**
   * Judges a picture by the exact file.
   *
   * @param image HWC, 0..1
   * @param label right class
   * @param recovery whether to look which group is left
   */
  Ruling rule(float[] image, int label, Level level, int side, boolean recovery);

  /** What the view hides in which the right label stands worst, px. */
  Region weakest(float[] image, int label, Level level, int side);

  @Override
  void close();
}
