package io.stopline.fleet.internal.ingest;

import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.rate.DeviceLoads.Measure;
import io.stopline.fleet.internal.store.IncidentQueries;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.IncidentStore.Insertion;
import io.stopline.fleet.internal.store.IncidentStore.Latest;
import io.stopline.fleet.internal.store.IncidentStore.LatestMessage;
import io.stopline.fleet.internal.store.IncidentStore.NewIncident;
import io.stopline.fleet.internal.store.Rejection;
import io.stopline.fleet.internal.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes what devices said: incidents in groups, as they come; a device's
 * state, of which only the latest counts, and refusals, of which equal ones are counted, less
 * often. So the number of commits does not grow with what one device sends.
 */
final class IngestWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IngestWriter.class);
  private static final int MAX_GROUP = 64;
  private static final long LATEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long REFUSALS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final IncidentStore store;
  private final IncidentQueries queries;
  private final Ingest.News news;
  private final long deviceQuota;
  private final DeviceLoads loads;
  private final Acknowledger acknowledger;
  private final Thread thread = new Thread(this::run, "ingest-writer");
  private final AtomicLong duplicates = new AtomicLong();
  private final RefusedMessages refused = new RefusedMessages();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Small, so that a flood waits in the bounded queues and not here.
  private final List<NewIncident> incidents = new ArrayList<>();
  private final Map<Slot, LatestMessage> latest = new LinkedHashMap<>();
  private boolean closed;
  // Of the writer's thread, as is the quota, which is made once the database can be read.
  private @Nullable String problem;
  private @Nullable DiskQuota quota;

  private record Slot(String device, Latest kind) {}

  /** What is to be done at once. */
  private record Work(
      List<NewIncident> incidents, List<LatestMessage> latest, List<Rejection.Counted> refused) {}

  /** Says that incidents are stored; must not block. */
  @FunctionalInterface
  interface Acknowledger {
    /** These incidents of the device are committed. */
    void stored(String device, List<UUID> incidents);
  }

  IngestWriter(
      IncidentStore store,
      IncidentQueries queries,
      Ingest.News news,
      long deviceQuota,
      DeviceLoads loads,
      Acknowledger acknowledger) {
    this.store = store;
    this.queries = queries;
    this.news = news;
    this.deviceQuota = deviceQuota;
    this.loads = loads;
    this.acknowledger = acknowledger;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes an incident to be stored; waits while too many are under way. */
  void incident(NewIncident incident) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (incidents.size() >= MAX_GROUP && !closed) {
        changed.await();
      }
      incidents.add(incident);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes a device's latest message of a kind; an older one that waits is forgotten. */
  void latest(LatestMessage message) {
    lock.lock();
    try {
      latest.put(new Slot(message.device(), message.kind()), message);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Counts a refused message. */
  void refuse(String device, String kind, String reason) {
    refused.add(device, kind, reason);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long duplicates() {
    return duplicates.get();
  }

  private void run() {
    try {
      long latestAt = System.nanoTime();
      long refusalsAt = latestAt;
      while (true) {
        Work work = next(latestAt, refusalsAt);
        if (work == null) {
          return;
        }
        if (!work.incidents().isEmpty()) {
          insert(work.incidents());
        }
        if (!work.latest().isEmpty()) {
          keep(work.latest());
          latestAt = System.nanoTime() + LATEST_NANOS;
        }
        if (!work.refused().isEmpty()) {
          reject(work.refused());
          refusalsAt = System.nanoTime() + REFUSALS_NANOS;
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Waits for work; null once closed. Incidents are due at once, the others at their times. */
  private @Nullable Work next(long latestAt, long refusalsAt) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        long now = System.nanoTime();
        boolean latestDue = !latest.isEmpty() && now - latestAt >= 0;
        boolean refusalsDue = !refused.isEmpty() && now - refusalsAt >= 0;
        if (!incidents.isEmpty() || latestDue || refusalsDue) {
          Work work =
              new Work(
                  List.copyOf(incidents),
                  latestDue ? List.copyOf(latest.values()) : List.of(),
                  refusalsDue ? refused.drain() : List.of());
          incidents.clear();
          if (latestDue) {
            latest.clear();
          }
          changed.signalAll();
          return work;
        }
        long wait = TimeUnit.SECONDS.toNanos(60);
        wait = latest.isEmpty() ? wait : Math.min(wait, latestAt - now);
        wait = refused.isEmpty() ? wait : Math.min(wait, refusalsAt - now);
        long unused = changed.awaitNanos(wait);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void insert(List<NewIncident> all) {
    try {
      DiskQuota room = quota;
      if (room == null) {
        room = new DiskQuota(deviceQuota, queries.bytesByDevice());
        quota = room;
      }
      List<NewIncident> group = new ArrayList<>();
      Map<String, List<UUID>> stored = new LinkedHashMap<>();
      Map<String, Long> added = new LinkedHashMap<>();
      for (NewIncident incident : all) {
        String device = incident.device();
        if (room.fits(device, added.getOrDefault(device, 0L) + bytes(incident))) {
          group.add(incident);
          added.merge(device, bytes(incident), Long::sum);
        } else if (queries.isStored(device, incident.id())) {
          duplicates.incrementAndGet();
          stored.computeIfAbsent(device, d -> new ArrayList<>()).add(incident.id());
        } else {
          // No acknowledgement: every agent understands silence, keeps the incident and asks again.
          loads.count(device, Measure.OVER_QUOTA);
          refuse(
              device,
              "incident",
              "the device's share of the disk, "
                  + room.shown()
                  + ", is full; the incident waits on board. Start the monitor with a larger"
                  + " --device-quota");
        }
      }
      List<Insertion> done = group.isEmpty() ? List.of() : store.insert(group);
      problem = null;
      for (int i = 0; i < done.size(); i++) {
        NewIncident incident = group.get(i);
        stored.computeIfAbsent(incident.device(), d -> new ArrayList<>()).add(incident.id());
        if (done.get(i).added()) {
          room.stored(incident.device(), bytes(incident));
        } else {
          duplicates.incrementAndGet();
        }
      }
      stored.forEach(acknowledger::stored);
      for (Insertion insertion : done) {
        if (insertion.added()) {
          news.incident(insertion.key());
        }
      }
      stored.keySet().forEach(news::device);
    } catch (StoreException e) {
      // Not acknowledged, so the devices keep these and send them again.
      trouble(e);
    }
  }

  private static long bytes(NewIncident incident) {
    return incident.message().length() + (long) incident.summary().length();
  }

  private void keep(List<LatestMessage> messages) {
    try {
      store.keepLatest(messages);
      problem = null;
    } catch (StoreException e) {
      trouble(e);
    }
    Set<String> devices = new LinkedHashSet<>();
    messages.forEach(message -> devices.add(message.device()));
    devices.forEach(news::device);
  }

  private void reject(List<Rejection.Counted> counted) {
    Map<String, Long> byDevice = new LinkedHashMap<>();
    counted.forEach(c -> byDevice.merge(c.device(), c.count(), Long::sum));
    byDevice.forEach(
        (device, count) -> {
          String reason = "";
          for (Rejection.Counted c : counted) {
            reason = c.device().equals(device) ? c.kind() + ": " + c.reason() : reason;
          }
          LOG.info("refused {} of '{}', the last one an {}", count, device, reason);
        });
    try {
      store.reject(counted);
    } catch (StoreException e) {
      trouble(e);
    }
    byDevice.keySet().forEach(news::device);
  }

  private void trouble(StoreException e) {
    String message = String.valueOf(e.getMessage());
    if (!message.equals(problem)) {
      LOG.error("nothing can be stored: {}", message);
    }
    problem = message;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
