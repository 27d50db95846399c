package io.stopline.campaign.track;

import io.stopline.evaluation.Track;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All near frames of one sign, in order: exactly, with any alteration on the sign, and as
 * differentiable stand-ins. Thread-safe.
 */
public sealed interface TrackScene permits RenderedScene, PhotographScene {

  /**
   * A sign of a rendered drive; what is on it is taken off.
   *
   * @param sign its index in the scenario
   * @throws IllegalArgumentException if the sign is never near
   * @throws IndexOutOfBoundsException if there is no such sign
   */
  static TrackScene of(DriveRenderer drive, int sign) {
    return new RenderedScene(drive, sign);
  }

  /**
   * The photographs of one sign: the attacker has filmed the very drive.
   *
   * @param track labelled in the order of the models' classes
   * @param outline of the sign in the unit square
   */
  static TrackScene of(Track track, Shape outline) {
    return new PhotographScene(track, outline);
  }

  /** What the sign shows. */
  int label();

  /** Its edge in the unit square. */
  Shape outline();

  /** How many near frames there are, at least 1. */
  int frames();

  /** How high the sign is in a near frame, px. */
  double heightPixels(int frame);

  /** How many drives {@link #crops} may give: more than 1 where cut-outs are drawn. */
  int draws();

  /**
   * What an agent sees of the sign in each near frame, exactly.
   *
   * @param alteration null for the clean sign
   * @param draw 0 for the sign with its exact margin; others cut out as a finder does
   */
  List<Image> crops(@Nullable Alteration alteration, long draw);

  /** The stand-in of a near frame. */
  FrameView view(int frame);

  /** Where the stand-in's picture is cut out, for the exact margin or as a finder does. */
  Region cut(int frame, @Nullable RandomStream random);
}
