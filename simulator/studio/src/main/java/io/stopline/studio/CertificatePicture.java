package io.stopline.studio;

import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Crops side by side, each with the part without which its label has the least lead: blue where the
 * frame is certified, amber where it is not, red where the label is refused.
 */
final class CertificatePicture {

  private static final int SIDE = 384;
  private static final int GAP = 8;
  private static final int COLUMNS = 4;
  private static final Color CERTIFIED = new Color(0x2f6fde);
  private static final Color OPEN = new Color(0xe0930c);
  private static final Color REFUSED = new Color(0xd63c2f);

  private CertificatePicture() {}

  /**
   * @param certificates one a crop; null where there is none
   */
  static BufferedImage of(List<Image> crops, List<@Nullable Certificate> certificates) {
    int columns = Math.min(COLUMNS, crops.size());
    int rows = (crops.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(
            columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    for (int i = 0; i < crops.size(); i++) {
      int x = GAP + i % columns * (SIDE + GAP);
      int y = GAP + i / columns * (SIDE + GAP);
      // Stretched, as the model's input is.
      g.drawImage(SearchPicture.buffered(crops.get(i)), x, y, SIDE, SIDE, null);
      Certificate certificate = certificates.get(i);
      if (certificate != null) {
        Region window = certificate.windowIn(SIDE, SIDE);
        g.setStroke(new BasicStroke(4));
        g.setColor(certificate.alarms() ? REFUSED : certificate.holds() ? CERTIFIED : OPEN);
        g.drawRect(x + window.x(), y + window.y(), window.width(), window.height());
      }
    }
    g.dispose();
    return sheet;
  }
}
