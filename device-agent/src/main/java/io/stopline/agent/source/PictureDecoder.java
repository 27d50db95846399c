package io.stopline.agent.source;

import io.stopline.sdk.image.Image;
import java.io.IOException;

/** Turns an encoded picture into pixels. Checks the size before it allocates. */
@FunctionalInterface
public interface PictureDecoder {

  /**
   * @param encoded a whole image file
   * @param name what it is, for messages
   * @throws IOException if it is no image, or one that is refused
   */
  Image decode(byte[] encoded, String name) throws IOException;
}
