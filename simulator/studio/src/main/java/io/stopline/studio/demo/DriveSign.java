package io.stopline.studio.demo;

import java.util.List;

/** The sign that stands at the end of a drive: own art, or the photographs of one real sign. */
interface DriveSign {

  /** Its true class. */
  int label();

  /** For people. */
  String title();

  /** Share of its bounding square that it covers. */
  double area();

  /** Whether it looks the same in every frame but for its size. */
  boolean isStill();

  /**
   * What it looks like from the front.
   *
   * @param frame of the drive
   * @param stickers on its face, fixed to the sign
   */
  SignPicture picture(int frame, List<Sticker> stickers);
}
