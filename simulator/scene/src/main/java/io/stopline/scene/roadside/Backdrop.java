package io.stopline.scene.roadside;

import io.stopline.scene.camera.View;
import io.stopline.scene.texture.Band;

/** All that stands behind the signs. Implementations are immutable. */
public interface Backdrop {

  /** What is seen at one instant; cheap to make. */
  interface Shown {

    /** Fills every pixel of a band. */
    void paint(Band band);
  }

  /** The backdrop as a camera sees it. */
  Shown seenFrom(View view);
}
