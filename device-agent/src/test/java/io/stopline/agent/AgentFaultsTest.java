package io.stopline.agent;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.telemetry.HealthMessage;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process, on disks that fill, empty and hang while incidents come. */
@Timeout(300)
@Tag("faults")
class AgentFaultsTest {

  private static final boolean ALL = FaultTable.inFull();

  @TempDir Path folder;
  private Path bundle;

  @BeforeEach
  void makeBundle() throws Exception {
    assumeTrue(ALL, "the agent as a process on bad disks takes long; give -Dstopline.faults=all");
    bundle = TestBundle.suspicious(folder.resolve("bundle"));
  }

  private static boolean isFull(JsonNode status) {
    return status.at("/components/outbox/state").asText().equals("FAILED")
        && status.at("/components/outbox/detail").asText().contains("free space on its disk");
  }

  @Test
  void aDiskThatIsFilledAndFreedWhileIncidentsComeLosesNone() throws Exception {
    int mebibytes = 64;
    int rounds = 5;
    Path images = TestTracks.make(folder, 400, 2);
    Files.createDirectories(folder.resolve("a"));
    try (SmallDisk disk =
            SmallDisk.tmpfs(folder.resolve("a/state"), "size=" + mebibytes + "m,mode=700");
        TestBroker broker = TestBroker.hiveMq(folder)) {
      broker.start();
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  "--bundle=" + bundle,
                  "--source=" + images,
                  "--whole-image",
                  "--fps=20",
                  "--device-id=car-7",
                  "--broker=" + broker.uri(),
                  "--exit-when-done")) {
        agent.await("open", s -> s.at("/components/outbox/state").asText().equals("OK"));
        for (int round = 0; round < rounds; round++) {
          monitor.acknowledging = false;
          disk.fill();
          agent.await("full in round " + round, AgentFaultsTest::isFull);
          monitor.acknowledging = true;
          if (round % 2 == 1) {
            // The disk stays full: acknowledgements alone make room.
            agent.await("room by acknowledgements", s -> !isFull(s));
          }
          disk.free();
          agent.await(
              "stored in round " + round,
              s -> !isFull(s) && s.at("/outbox/waitingInMemory").asLong() == 0);
        }
        assertThat(agent.awaitExit()).as(agent.log()).isZero();
        Set<UUID> accepted = new HashSet<>();
        for (JsonNode event : agent.events("accepted")) {
          accepted.add(UUID.fromString(event.at("/id").asText()));
        }
        JsonNode end = agent.events("end").get(0);
        FaultTable.add(
            "agent",
            "disk of %d MiB filled and freed %d times".formatted(mebibytes, rounds),
            "the outbox cannot be read: nothing drains",
            "incidents %d, accepted %d, stored by the monitor %d, dropped %d, restarts 0"
                .formatted(
                    end.at("/incidents").asInt(),
                    accepted.size(),
                    monitor.incidents.size(),
                    end.at("/outbox/dropped").asInt()));
        assertThat(monitor.incidents.keySet()).isEqualTo(accepted);
        assertThat(accepted).hasSize(end.at("/incidents").asInt());
        assertThat(end.at("/outbox/dropped").asInt()).isZero();
        assertThat(monitor.malformed).isEmpty();
        assertThat(monitor.healths)
            .anyMatch(
                h ->
                    h.components() != null
                        && h.components().outbox().state() == HealthMessage.State.FAILED
                        && h.components().camera().state() == HealthMessage.State.OK);
      }
    }
  }

  @Test
  void aDiskThatHangsIsToldOfByHealthThatGoesOn() throws Exception {
    Path images = TestTracks.make(folder, 20, 2);
    Files.createDirectories(folder.resolve("a"));
    try (SmallDisk disk = SmallDisk.ext4(folder.resolve("image"), folder.resolve("a/state"), 16);
        TestBroker broker = TestBroker.hiveMq(folder)) {
      broker.start();
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  "--bundle=" + bundle,
                  "--source=" + images,
                  "--whole-image",
                  "--fps=20",
                  "--loop",
                  "--device-id=car-7",
                  "--broker=" + broker.uri())) {
        await("incidents come", () -> monitor.incidents.size() > 3);
        disk.freeze();
        try {
          await(
              "the monitor hears of it",
              () ->
                  monitor.healths.stream()
                      .anyMatch(
                          h ->
                              h.components() != null
                                  && h.components()
                                      .outbox()
                                      .detail()
                                      .contains("the disk has not answered for")
                                  && h.components().loop().state() == HealthMessage.State.OK));
          int before = monitor.healths.size();
          long judged = monitor.healths.get(before - 1).frames().inspected();
          await("and goes on to", () -> monitor.healths.size() >= before + 3);
          assertThat(monitor.healths.get(before + 2).frames().inspected()).isGreaterThan(judged);
        } finally {
          disk.thaw();
        }
        agent.await(
            "stored after all",
            s ->
                s.at("/components/outbox/state").asText().equals("OK")
                    && s.at("/outbox/waitingInMemory").asLong() == 0);
        assertThat(agent.stop()).isEqualTo(143);
      }
    }
  }
}
