package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.testing.SharedFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The proposer on real photographs; skipped where they are absent. */
class PhotographsTest {

  private final ShapeColourProposer proposer = new ShapeColourProposer();

  @Test
  void findsRealStopSigns() throws IOException {
    List<Path> photos = photos("stop-signs/clean256");
    int found = 0;
    for (Path photo : photos) {
      Image image = read(photo);
      found +=
          proposer.propose(image).stream()
                  .anyMatch(d -> d.region().intersectionOverUnion(Region.of(image)) > 0.8)
              ? 1
              : 0;
    }
    System.out.println("real stop signs found: " + found + " of " + photos.size());
    assertThat(found).isGreaterThanOrEqualTo(photos.size() * 9 / 10);
  }

  @Test
  void findsTheStopSignInTheStreet() throws IOException {
    // Seen obliquely and half washed out by the sun.
    Image image = read(photos("scenes/usgov").get(6));
    assertThat(proposer.propose(image))
        .anyMatch(d -> d.region().intersectionOverUnion(new Region(300, 140, 120, 215)) > 0.6);
  }

  @Test
  void proposesLittleOnHighwaysWithoutSigns() throws IOException {
    List<Path> photos = photos("scenes/udacity");
    int regions = 0;
    for (Path photo : photos) {
      regions += proposer.propose(read(photo)).size();
    }
    System.out.println("regions proposed on " + photos.size() + " highway photographs: " + regions);
    assertThat(regions).isLessThanOrEqualTo(photos.size());
  }

  @Test
  void unrelatedPhotographsMakeNoTracks() throws IOException {
    Tracker tracker = new Tracker(PipelineTuning.standard(), new AtomicLong()::incrementAndGet);
    long sequence = 0;
    int confirmed = 0;
    for (Path photo : photos("scenes/udacity")) {
      Image image = read(photo);
      tracker.update(Scenes.frame(image, sequence++), proposer.propose(image));
      for (Track t : tracker.tracks()) {
        confirmed += t.confirmed() && t.hits() == 3 && t.seen() ? 1 : 0;
      }
    }
    System.out.println("tracks confirmed over the highway photographs: " + confirmed);
    // Many of them are three frames of one film apart: a car's rear window may last so long.
    assertThat(confirmed).isLessThanOrEqualTo(2);
  }

  private static List<Path> photos(String folder) throws IOException {
    try (Stream<Path> files = Files.list(SharedFiles.path("data/" + folder))) {
      return files.sorted().toList();
    }
  }

  private static Image read(Path file) throws IOException {
    BufferedImage decoded = ImageIO.read(file.toFile());
    return Scenes.image(decoded);
  }
}
