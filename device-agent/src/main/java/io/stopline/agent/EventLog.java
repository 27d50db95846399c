package io.stopline.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.agent.source.SourcedFrame;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.LabelChange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent decides, as one JSON object a line, for whatever runs beside it on the vehicle and
 * for tools. Written by a thread of its own: a reader that does not keep up loses lines, which are
 * counted, and never holds up the frame loop.
 */
final class EventLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EventLog.class);
  private static final int QUEUE = 4096;

  private final ObjectMapper mapper = new ObjectMapper();
  private final BlockingQueue<ObjectNode> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong lost = new AtomicLong();
  private final Writer out;
  private final Thread thread;
  private volatile boolean closing;

  /** Closes the stream at the end unless it is standard output. */
  EventLog(OutputStream out) {
    this.out = new java.io.OutputStreamWriter(out, StandardCharsets.UTF_8);
    this.thread = new Thread(this::run, "stopline-events");
    thread.setDaemon(true);
    thread.start();
  }

  ObjectNode event(String type) {
    ObjectNode node = mapper.createObjectNode();
    node.put("type", type);
    return node;
  }

  void write(ObjectNode event) {
    if (!queue.offer(event)) {
      lost.incrementAndGet();
    }
  }

  /** Lines that nobody took in time. */
  long lost() {
    return lost.get();
  }

  void frame(SourcedFrame sourced, FrameResult result, long replaced) {
    ObjectNode node = event("frame");
    node.put("frame", result.frame());
    node.put("source", sourced.frame().source());
    node.put("capturedAt", sourced.frame().wallClock().toString());
    if (sourced.track() != null) {
      node.put("sourceTrack", sourced.track());
    }
    if (sourced.name() != null) {
      node.put("sourceFrame", sourced.name());
    }
    node.put("width", sourced.frame().image().width());
    node.put("height", sourced.frame().image().height());
    node.put("latencyMicros", result.latencyNanos() / 1000);
    node.put("ageMicros", (System.nanoTime() - sourced.frame().monotonicNanos()) / 1000);
    node.put("noSign", result.dropped());
    node.put("deferred", result.deferred());
    node.put("framesDropped", replaced);
    ArrayNode tracks = node.putArray("tracks");
    for (FrameResult.TrackedObject object : result.tracks()) {
      ObjectNode track = tracks.addObject();
      track.put("track", object.track());
      track
          .putArray("region")
          .add(object.region().x())
          .add(object.region().y())
          .add(object.region().width())
          .add(object.region().height());
      track.put("seen", object.seen());
      track.put("inspected", object.inspected());
      LabelChange released = object.released();
      if (released != null) {
        track
            .putObject("released")
            .put("label", released.label())
            .put("labelName", released.labelName())
            .put("frame", released.frame());
      }
      Verdict verdict = object.verdict();
      if (verdict != null) {
        track.put("label", verdict.label());
        track.put("labelName", verdict.labelName());
        track.put("probability", verdict.probability());
        track.put("decision", verdict.decision().name());
        track.put("pValue", verdict.pValue());
        track.put("score", verdict.score());
        track.put("trackScore", verdict.trackScore());
        track.put("signScore", verdict.signScore());
        if (!Float.isNaN(verdict.finderProbability())) {
          track.put("finderProbability", verdict.finderProbability());
        }
        if (verdict.sighting().isLabelled()) {
          track.put("finderLabel", verdict.sighting().labelName());
        }
        CascadeStep step = verdict.cascade();
        if (step != null) {
          track
              .putObject("cascade")
              .put("stage", step.stage())
              .put("cause", step.cause().name().toLowerCase(Locale.ROOT))
              .put("denied", step.denied());
        }
        Certificate certificate = verdict.certificate();
        if (certificate != null) {
          track
              .putObject("certificate")
              .put("holds", certificate.holds())
              .put("level", certificate.level().name().toLowerCase(Locale.ROOT))
              .put("group", certificate.group())
              .put("patchSide", certificate.patchSide())
              .put("patchAreaFraction", certificate.patchAreaFraction());
        }
        ArrayNode reasons = track.putArray("reasons");
        verdict.reasons().forEach(reasons::add);
      }
    }
    ArrayNode incidents = node.putArray("incidents");
    for (Incident incident : result.incidents()) {
      incidents.add(incident.id());
    }
    write(node);
  }

  /** A label was released or withdrawn, or there is none where one was needed. */
  void changed(LabelChange change) {
    ObjectNode node = event("label");
    node.put("change", change.kind().name());
    node.put("track", change.track());
    node.put("label", change.label());
    node.put("labelName", change.labelName());
    node.put("frame", change.frame());
    node.put("capturedAt", change.capturedAt().toString());
    node.put("late", change.late());
    write(node);
  }

  void raised(Incident incident, boolean handedOver) {
    ObjectNode node = event("incident");
    node.put("id", incident.id());
    node.put("kind", incident.kind().name());
    node.put("level", incident.level().name());
    node.put("track", incident.track());
    node.put("raisedAt", incident.raisedAt().toString());
    node.put("handedOver", handedOver);
    write(node);
  }

  void accepted(List<UUID> ids) {
    for (UUID id : ids) {
      ObjectNode node = event("accepted");
      node.put("id", id.toString());
      node.put("at", Instant.now().toString());
      write(node);
    }
  }

  private void run() {
    try {
      boolean ended = false;
      while (!ended) {
        // Read before the queue: what was written before close() is then seen here.
        boolean last = closing;
        ObjectNode node = queue.poll(100, TimeUnit.MILLISECONDS);
        if (node == null) {
          out.flush();
          ended = last;
          continue;
        }
        out.write(mapper.writeValueAsString(node));
        out.write('\n');
        if (queue.isEmpty()) {
          out.flush();
        }
      }
      out.flush();
    } catch (IOException e) {
      log.error("events cannot be written any more: {}; start the agent anew", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what is queued; waits at most 2 s. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
