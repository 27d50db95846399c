package io.stopline.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordedSourcesTest {

  @TempDir Path folder;

  @Test
  void aFolderIsReadInOrderOfNamesAndBadFilesAreSkipped() throws Exception {
    Files.write(folder.resolve("b.png"), TestPictures.png(20, 20));
    Files.write(folder.resolve("a.jpg"), TestPictures.jpeg(10, 10));
    Files.writeString(folder.resolve("c.jpg"), "no image");
    Files.write(folder.resolve("d.jpg"), TestPictures.jpegClaiming(20_000, 20_000));
    Files.createDirectory(folder.resolve("e"));
    Files.write(folder.resolve("e/f.png"), TestPictures.png(30, 30));
    try (ImageFolder source = new ImageFolder(folder, false, ImageFiles::decode)) {
      assertThat(next(source)).isEqualTo("10 .");
      assertThat(next(source)).isEqualTo("20 .");
      assertThatThrownBy(source::next)
          .isInstanceOf(BadPictureException.class)
          .hasMessageContaining("c.jpg");
      assertThatThrownBy(source::next)
          .isInstanceOf(BadPictureException.class)
          .hasMessageContaining("20000×20000");
      assertThat(next(source)).isEqualTo("30 e");
      assertThat(next(source)).isEqualTo("end");
    }
  }

  @Test
  void aFolderHasThePicturesThatTheReaderKnowsAndNamesThoseThatItRefuses() throws Exception {
    Files.writeString(folder.resolve("a.ppm"), "P6\n1 1\n255\nabc");
    Files.writeString(folder.resolve("b.webp"), "RIFF\0\0\0\0WEBPVP8 ");
    Files.write(folder.resolve("c.jpg"), TestPictures.png(20, 20));
    Files.writeString(folder.resolve("notes.txt"), "no picture");
    try (ImageFolder source = new ImageFolder(folder, false, ImageFiles::decode)) {
      assertThat(next(source)).isEqualTo("1 .");
      assertThatThrownBy(source::next)
          .isInstanceOf(BadPictureException.class)
          .hasMessageContaining("is a WebP image");
      assertThat(next(source)).isEqualTo("20 .");
      assertThat(next(source)).isEqualTo("end");
    }
  }

  @Test
  void aMissingOrEmptyFolderIsAnErrorAtOnce() {
    assertThatThrownBy(() -> new ImageFolder(folder, false, ImageFiles::decode))
        .hasMessageContaining("holds no image");
    assertThatThrownBy(() -> new ImageFolder(folder.resolve("x"), false, ImageFiles::decode))
        .hasMessageContaining("is no folder");
  }

  @Test
  void aPackedSetGivesItsCellsTrackByTrackAndLoops() throws Exception {
    writePackedSet(folder);
    assertThat(PackedSet.isPackedSet(folder)).isTrue();
    try (PackedSet source = new PackedSet(folder, true, ImageFiles::decode)) {
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        seen.add(next(source));
      }
      assertThat(seen)
          .containsExactly("8 3/00001", "8 3/00001", "8 3/00002", "8 03.png:31", "8 3/00001#1");
    }
    try (PackedSet source = new PackedSet(folder, false, ImageFiles::decode)) {
      Picture first = source.next();
      Picture second = source.next();
      assertThat(first).isNotNull();
      assertThat(second).isNotNull();
      assertThat(first.image().rgb(1, 1)).isEqualTo(0x000000);
      assertThat(second.image().rgb(1, 1)).isEqualTo(0x010101);
    }
  }

  @Test
  void aMalformedIndexNamesItsLine() throws Exception {
    Files.writeString(
        folder.resolve("index.csv"), "sheet,cell,class,track\n03.png,0,3,1\n../x.png,1,3,1\n");
    assertThatThrownBy(() -> new PackedSet(folder, false, ImageFiles::decode))
        .hasMessageContaining("index.csv line 3");
    Files.writeString(folder.resolve("index.csv"), "a,b\n");
    assertThatThrownBy(() -> new PackedSet(folder, false, ImageFiles::decode))
        .hasMessageContaining("line 1");
  }

  @Test
  void theLatestFrameWinsAtAFixedRateAndNoneIsLostWithoutOne() throws Exception {
    writePackedSet(folder);
    LatestFrame fast = new LatestFrame();
    try (Capture capture = capture(fast, Capture.Pace.FIXED_RATE, 1000)) {
      capture.start();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
      while (fast.replaced() < 3 && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(2);
      }
      SourcedFrame last = fast.take(30, TimeUnit.SECONDS);
      assertThat(last).isNotNull();
      assertThat(last.frame().sequence()).isEqualTo(3);
      assertThat(fast.replaced()).isEqualTo(3);
      assertThat(fast.take(30, TimeUnit.SECONDS)).isNull();
      assertThat(fast.isDrained()).isTrue();
    }
    LatestFrame every = new LatestFrame();
    try (Capture capture = capture(every, Capture.Pace.EVERY_FRAME, 0)) {
      capture.start();
      List<Long> numbers = new ArrayList<>();
      for (SourcedFrame f; (f = every.take(30, TimeUnit.SECONDS)) != null; ) {
        numbers.add(f.frame().sequence());
      }
      assertThat(numbers).containsExactly(0L, 1L, 2L, 3L);
      assertThat(every.replaced()).isZero();
    }
  }

  private Capture capture(LatestFrame mailbox, Capture.Pace pace, double rate) throws IOException {
    return new Capture(
        new PackedSet(folder, false, ImageFiles::decode),
        mailbox,
        new SourceHealth("test", 1000, System::nanoTime),
        pace,
        rate,
        InstantSource.system(),
        new Backoff(10, 100));
  }

  private static String next(FrameSource source) throws IOException {
    Picture picture = source.next();
    return picture == null ? "end" : picture.image().width() + " " + picture.track();
  }

  /** Two tracks of class 3 and a cell without a track; the cell's number is its colour. */
  private static void writePackedSet(Path folder) throws IOException {
    BufferedImage sheet = new BufferedImage(240, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    for (int cell = 0; cell < 60; cell++) {
      g.setColor(new Color(cell, cell, cell));
      g.fillRect(cell % 30 * 8, cell / 30 * 8, 8, 8);
    }
    g.dispose();
    Files.write(folder.resolve("03.png"), TestPictures.encode(sheet, "png"));
    Files.writeString(
        folder.resolve("index.csv"),
        """
        sheet,cell,class,file,orig_w,orig_h,roi_x1,roi_y1,roi_x2,roi_y2,track,frame
        03.png,0,3,a.ppm,29,30,5,6,24,25,00001,00000
        03.png,1,3,b.ppm,29,30,5,6,24,25,00001,00001
        03.png,30,3,c.ppm,29,30,5,6,24,25,00002,00000
        03.png,31,3,d.ppm,29,30,5,6,24,25,,
        """);
  }
}
