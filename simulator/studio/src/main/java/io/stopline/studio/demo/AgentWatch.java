package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows what the agent says, matches it with the truth by the name that the camera gave each
 * frame, and counts. For one thread.
 */
final class AgentWatch {

  private final Board board;
  private final LineTail events;
  private final Map<Part, List<FilmedFrame>> films;
  private final Map<Part, Set<Long>> mainTracks = new HashMap<>();
  private Part part = Part.CLEAN;
  private int frames;
  private int idleSincePart;
  private int sent;
  private int sentOnMain;
  private int sentInAll;
  private int accepted;

  /**
   * @param films the truth of each drive; looked up when its first frame comes
   */
  AgentWatch(Board board, Path events, Map<Part, List<FilmedFrame>> films) {
    this.board = board;
    this.events = new LineTail(events);
    this.films = films;
  }

  /** From now on, what is raised belongs to this drive. */
  void begin(Part now) {
    part = now;
    idleSincePart = 0;
    sent = 0;
    sentOnMain = 0;
  }

  /** Takes in what came since. */
  void look() throws IOException {
    for (JsonNode event : events.next()) {
      switch (event.path("type").asText()) {
        case "frame" -> frame(event);
        case "incident" -> {
          sent++;
          sentInAll++;
          if (mainTracks.getOrDefault(part, Set.of()).contains(event.path("track").asLong())) {
            sentOnMain++;
          }
        }
        case "accepted" -> accepted++;
        default -> {
          // Of no concern here.
        }
      }
    }
  }

  private void frame(JsonNode event) {
    frames++;
    String[] name = event.path("sourceFrame").asText().split("/", -1);
    if (name.length != 2 || !name[1].matches("[0-9]{1,6}")) {
      return;
    }
    int number = Integer.parseInt(name[1]);
    if (name[0].equals(Projector.IDLE)) {
      idleSincePart++;
      return;
    }
    for (Part p : Part.values()) {
      List<FilmedFrame> film = films.getOrDefault(p, List.of());
      if (p.key().equals(name[0]) && number < film.size()) {
        // Idle frames count from the last frame of the drive on.
        idleSincePart = 0;
        Seen seen = Seen.of(event, film.get(number));
        seen.main().ifPresent(t -> mainTracks.computeIfAbsent(p, k -> new HashSet<>()).add(t.id()));
        board.seen(p, seen);
      }
    }
  }

  /** Frames judged so far, of whatever. */
  int frames() {
    return frames;
  }

  /** Frames of the idle picture judged since the last frame of the drive. */
  int idleSinceDrive() {
    return idleSincePart;
  }

  /** Incidents raised since the drive began. */
  int sent() {
    return sent;
  }

  /** Of them, those on a track that was on the main sign. */
  int sentOnMain() {
    return sentOnMain;
  }

  /** Incidents raised in all. */
  int sentInAll() {
    return sentInAll;
  }

  /** Incidents that are safe in the agent's outbox, in all. */
  int accepted() {
    return accepted;
  }
}
