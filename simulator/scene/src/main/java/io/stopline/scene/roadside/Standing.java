package io.stopline.scene.roadside;

import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.texture.Band;
import org.jspecify.annotations.Nullable;

/** Something upright beside the road. Implementations are immutable. */
interface Standing {

  /** Beyond this haze and the panorama have swallowed it, m. */
  double FARTHEST_METRES = 500;

  /** It on one frame. */
  interface Shown {

    /** Distance along the camera's axis, m. */
    double depth();

    /** Lays it over what the band shows. */
    void paint(Band band);
  }

  /** Where along the road it stands, m. */
  double along();

  /** As a camera sees it; null if it does not. */
  @Nullable Shown seenFrom(View view, Daylight day);
}
