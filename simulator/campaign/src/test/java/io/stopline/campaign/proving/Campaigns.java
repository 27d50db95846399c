package io.stopline.campaign.proving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small campaigns for tests. */
final class Campaigns {

  private Campaigns() {}

  /** Three alterations, two conditions, four classes, two attackers who ask little. */
  static Campaign of(int tracks) {
    return read(
        """
        seed: 3
        drives:
          tracks: %d
          classes: [14, 13, 1, 17]
          scenario:
            camera: {framesPerSecond: 6, width: 640, height: 360}
            vehicle: {speedMetresPerSecond: [10, 13]}
        conditions:
          - name: day
          - name: fog
            scenario: {light: {visibilityMetres: [60, 150]}, sign: {wear: [0.6, 1]}}
        alterations: [{kind: stickers}, {kind: graffiti}, {kind: shadow}]
        attackers:
          - {name: unaware, knows: models, queries: 100}
          - {name: aware, knows: guard, queries: 100}
        gate:
          criteria:
            - {figure: undetected, of: aware, atMost: 0.1}
            - {figure: suspected, of: clean, atMost: 0.1}
            - {figure: suspected, of: benign, atMost: 0.2, bound: interval}
        """
            .formatted(tracks));
  }

  /** Two tracks, one alteration, one attacker: as little as can be driven. */
  static Campaign quick() {
    return read(
        """
        seed: 3
        drives:
          tracks: 2
          classes: [14, 1]
          scenario:
            camera: {framesPerSecond: 3, width: 640, height: 360}
            vehicle: {speedMetresPerSecond: [12, 14]}
        alterations: [{kind: stickers}]
        attackers: [{name: unaware, knows: models, queries: 100}]
        """);
  }

  static Campaign read(String text) {
    try {
      Path file = Files.createTempFile("campaign", ".yaml");
      try {
        Files.writeString(file, text);
        return CampaignFile.read(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
