#pragma once
// What a piece of work takes: wall time, CPU time, memory, threads.

#include <functional>
#include <string>

namespace bench {

struct Measurement {
  double wall_seconds = 0;
  double cpu_seconds = 0;   // user and system, of all threads
  long rss_kb = 0;          // how far the peak of resident memory rose
  int threads = 1;          // the most that lived at once, the first included
  double beat_seconds = 0;  // what heartbeat_was() was told; 0: there was none
  std::string error;        // why there is no measurement
};

/// Runs `work` once in a forked child and waits for it. The child ends with this process.
Measurement measure(const std::function<void()>& work);

/// To be called by `work`, where its time is not to count from its beginning to its end: what is
/// set up before and taken down after these calls. Memory and threads count in any case.
void begin_measuring();
void end_measuring();
/// To be called by `work`: its children's CPU time counts, too, when they have been waited for.
void count_children();
/// To be called by `work`: the time that 99 of 100 beats of a heartbeat beside it took at most.
void heartbeat_was(double seconds);

}  // namespace bench
