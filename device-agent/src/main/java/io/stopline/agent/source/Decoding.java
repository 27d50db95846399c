package io.stopline.agent.source;

import io.stopline.sdk.image.Image;
import java.io.IOException;

/** What a decoder refuses is a bad picture, not a broken source. */
final class Decoding {

  private Decoding() {}

  static Image decode(PictureDecoder decoder, byte[] encoded, String name)
      throws BadPictureException {
    try {
      return decoder.decode(encoded, name);
    } catch (BadPictureException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // ImageIO answers some damaged files with unchecked exceptions.
      BadPictureException bad =
          new BadPictureException(
              e.getMessage() == null ? name + ": not a picture (" + e + ")" : e.getMessage());
      bad.initCause(e);
      throw bad;
    }
  }
}
