package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a label hangs, drawn on crops of any size. */
class CertificatePictureTest {

  private static final int BLUE = 0xff2f6fde;
  private static final int RED = 0xffd63c2f;

  private static Certificate certificate(double score) {
    return new Certificate(
        Certificate.WINDOWS,
        "local",
        5,
        32,
        32,
        Certificate.Level.CLASS,
        "Stop",
        0,
        score,
        -score,
        new Region(8, 16, 8, 12));
  }

  @Test
  void eachCropShowsItsOwnWindow() {
    Image wide = Image.black(60, 20);
    BufferedImage sheet =
        CertificatePicture.of(
            List.of(wide, Image.black(32, 32), wide),
            Arrays.asList(certificate(-0.5), certificate(0.5), null));
    // 384 px a crop with 8 px between: the window begins at a quarter and at half of it.
    assertThat(sheet.getWidth()).isEqualTo(3 * 392 + 8);
    assertThat(sheet.getRGB(8 + 96, 8 + 192)).isEqualTo(BLUE);
    assertThat(sheet.getRGB(8 + 191, 8 + 200)).isEqualTo(BLUE);
    assertThat(sheet.getRGB(8 + 392 + 96, 8 + 192)).isEqualTo(RED);
    assertThat(sheet.getRGB(8 + 96 + 30, 8 + 192 + 30)).isEqualTo(0xff000000);
    for (int x = 2 * 392; x < 3 * 392; x++) {
      assertThat(sheet.getRGB(x, 8 + 192)).isEqualTo(0xff000000);
    }
  }

  @Test
  void aWindowCoversWhatItTouches() {
    assertThat(certificate(0).windowIn(60, 20)).isEqualTo(new Region(15, 10, 15, 8));
    assertThat(certificate(0).windowIn(33, 33)).isEqualTo(new Region(8, 16, 9, 13));
  }
}
