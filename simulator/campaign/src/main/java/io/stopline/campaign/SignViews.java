package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.image.Image;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sign as cameras see it: numbered views, each a crop such as an agent cuts out of a frame. */
interface SignViews {

  /** Opens what one thread needs. */
  Viewer open();

  /** Frames of the actual drive in which the sign is near, in order. */
  List<Integer> nearFrames();

  /** Height of the sign in a frame of the actual drive, px. */
  double heightPixels(int frame);

  /** Belongs to one thread at a time. */
  interface Viewer {

    /** Puts an alteration on the sign in the place of any other; null for none. */
    void show(@Nullable Alteration alteration);

    /** A view for the search: any of the drive's near frames, or one under another light. */
    Image sample(long number);

    /**
     * What an agent would see in a frame of the actual drive.
     *
     * @param draw of the crop's edges; 0 is the sign with its exact margin
     */
    Image frame(int frame, long draw);
  }
}
