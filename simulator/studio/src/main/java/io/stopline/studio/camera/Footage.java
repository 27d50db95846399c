package io.stopline.studio.camera;

import io.stopline.campaign.stills.StillDrive;
import io.stopline.campaign.stills.StillJudge;
import io.stopline.evaluation.road.SignBox;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import java.util.List;

/** Frames that can be filmed in any order, on any thread, and what is true in each. */
public interface Footage {

  /** How many there are. */
  int frames();

  /** A frame as the camera sends it. */
  byte[] jpeg(int frame);

  /** What is true in a frame. */
  GroundTruth truth(int frame);

  /** A rendered drive. */
  static Footage of(DriveRenderer drive) {
    return new Footage() {
      @Override
      public int frames() {
        return drive.frames();
      }

      @Override
      public byte[] jpeg(int frame) {
        return drive.jpeg(frame);
      }

      @Override
      public GroundTruth truth(int frame) {
        return drive.truth(frame);
      }
    };
  }

  /**
   * A drive through a photograph.
   *
   * @param signs of the photograph
   */
  static Footage of(StillDrive drive, List<SignBox> signs) {
    return new Footage() {
      @Override
      public int frames() {
        return StillDrive.FRAMES;
      }

      @Override
      public byte[] jpeg(int frame) {
        return drive.jpeg(frame);
      }

      @Override
      public GroundTruth truth(int frame) {
        return StillJudge.truth(drive, signs, frame);
      }
    };
  }
}
