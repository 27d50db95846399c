package io.stopline.studio.demo;

import java.util.List;
import java.util.stream.IntStream;

/** Films drives as JPEG frames, several at a time. */
final class Film {

  private Film() {}

  static List<byte[]> drive(DriveUp drive, DriveSign sign, List<Sticker> stickers) {
    return IntStream.range(0, DriveUp.FRAMES)
        .parallel()
        .mapToObj(i -> Pictures.jpeg(drive.film(i, sign.picture(i, stickers))))
        .toList();
  }

  /** A few frames of the empty road, to be shown in turn. */
  static List<byte[]> emptyRoad(DriveUp drive) {
    return IntStream.range(0, 6)
        .parallel()
        .mapToObj(i -> Pictures.jpeg(drive.filmEmpty(i)))
        .toList();
  }
}
