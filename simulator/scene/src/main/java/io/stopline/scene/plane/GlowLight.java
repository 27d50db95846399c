package io.stopline.scene.plane;

import io.stopline.scene.alteration.Glow;
import io.stopline.scene.alteration.Stripes;
import io.stopline.scene.camera.Shutter;

/** How strong the light that is thrown on a face is on a row of a frame. */
interface GlowLight {

  /**
   * @param row of the frame
   * @param rgb takes the light by channel, what a white sheet would show
   */
  void on(int row, float[] rgb);

  /** The same on all rows. */
  static GlowLight steady(float r, float g, float b) {
    return (row, rgb) -> {
      rgb[0] = r;
      rgb[1] = g;
      rgb[2] = b;
    };
  }

  /**
   * Light that flickers while the rows are read one after the other.
   *
   * @param strength of a light of 1
   */
  static GlowLight flickering(
      Stripes stripes, Shutter shutter, int frame, PlateView view, float strength) {
    double[] top = new double[2];
    double[] bottom = new double[2];
    view.project(0.5, 0, top);
    view.project(0.5, 1, bottom);
    double height = Math.max(1, bottom[1] - top[1]);
    double line = shutter.lineSeconds();
    double open = shutter.exposureSeconds();
    double begin =
        switch (stripes.timing()) {
          case FREE -> shutter.seconds(frame);
          case FRAME -> 0;
          case SIGN -> -top[1] * line;
        };
    double faster = stripes.timing() == Stripes.Timing.SIGN ? Stripes.ROWS / height : 1;
    return (row, rgb) -> {
      double from = begin + row * line;
      Glow.flicker(stripes, from, from + open, faster, rgb);
      for (int c = 0; c < 3; c++) {
        rgb[c] *= strength;
      }
    };
  }
}
