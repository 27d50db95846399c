package io.stopline.studio;

import io.stopline.campaign.Found;
import io.stopline.campaign.FrameScore;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search found, on one sheet: the clean, the altered and the benign face; how the camera
 * sees the altered one from afar to near; the nearest frame.
 */
final class SearchPicture {

  private static final int WIDTH = 1280;
  private static final int FACE = 300;
  private static final int CROP = 200;
  private static final int GAP = 20;
  private static final int CROPS = 6;
  private static final Color PAPER = new Color(0xf4f4f2);

  private SearchPicture() {}

  static BufferedImage of(DriveRenderer drive, int sign, Found found, Alteration twin) {
    DriveRenderer altered = drive.withAlteration(sign, found.alteration());
    List<Integer> frames =
        found.judged().frames().stream().map(FrameScore::frame).distinct().sorted().toList();
    int last = frames.get(frames.size() - 1);
    Image near = altered.render(last);
    int frameHeight = WIDTH * near.height() / near.width();
    BufferedImage sheet =
        new BufferedImage(WIDTH, FACE + CROP + 3 * GAP + frameHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.setColor(PAPER);
    g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    SignArt art = SignArt.of(drive.scenario().signs().get(sign).signClass());
    BufferedImage face = art.draw(FACE);
    int x = GAP;
    for (Alteration a : new @Nullable Alteration[] {null, found.alteration(), twin}) {
      g.drawImage(AlterationPainter.paint(face, art.outline(), a), x, GAP, null);
      x += FACE + GAP;
    }
    int y = FACE + 2 * GAP;
    for (int i = 0; i < CROPS; i++) {
      int frame = frames.get((frames.size() - 1) * i / (CROPS - 1));
      BufferedImage seen = buffered(altered.render(frame));
      for (SignTruth t : altered.truth(frame).signs()) {
        if (t.sign() == sign) {
          int margin = 6 + t.box().width() / 8;
          int left = Math.max(0, t.box().x() - margin);
          int top = Math.max(0, t.box().y() - margin);
          int right = Math.min(seen.getWidth(), t.box().x() + t.box().width() + margin);
          int bottom = Math.min(seen.getHeight(), t.box().y() + t.box().height() + margin);
          g.drawImage(
              seen.getSubimage(left, top, right - left, bottom - top),
              GAP + i * (CROP + 8),
              y,
              CROP,
              CROP,
              null);
        }
      }
    }
    g.drawImage(buffered(near), 0, y + CROP + GAP, WIDTH, frameHeight, null);
    g.dispose();
    return sheet;
  }

  static BufferedImage buffered(Image image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        picture.setRGB(x, y, image.rgb(x, y));
      }
    }
    return picture;
  }
}
