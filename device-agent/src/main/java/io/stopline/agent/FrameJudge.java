package io.stopline.agent;

import io.stopline.agent.source.SourcedFrame;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import java.util.List;

/** From frames to verdicts and incidents. Belongs to the frame loop's thread. */
interface FrameJudge {

  FrameResult judge(SourcedFrame frame);

  /** Incidents that were still open when the source ended. */
  List<Incident> finish();

  /** Looks for signs in whole scenes. */
  static FrameJudge ofScenes(FramePipeline pipeline) {
    return new FrameJudge() {
      @Override
      public FrameResult judge(SourcedFrame frame) {
        return pipeline.process(frame.frame());
      }

      @Override
      public List<Incident> finish() {
        return pipeline.finish();
      }
    };
  }
}
