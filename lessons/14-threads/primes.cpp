// Work for a processor, done by other processes; one of them dies of it.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <signal.h>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/process_pool.hpp>
#include <aio/task.hpp>

namespace {

// [work]
std::string count_primes(std::string job) {
  const int end = std::stoi(job);  // what is no number throws
  if (end < 0) ::raise(SIGKILL);   // a worker that dies
  int count = 0;
  for (int n = 2; n < end; ++n) {
    bool prime = true;
    for (int d = 2; prime && d * d <= n; ++d) prime = n % d != 0;
    if (prime) ++count;
  }
  return std::to_string(count);
}
// [/work]

// [pool]
aio::Coro<> tell(const aio::ProcessPool& pool, std::string job) {
  try {
    const std::string count = co_await pool.run(job);
    std::printf("below %s: %s primes\n", job.c_str(), count.c_str());
  } catch (const aio::WorkerDied& death) {
    std::printf("%s: %s\n", job.c_str(), death.what());
  }
}

aio::Coro<> program() {
  const aio::ProcessPool pool;
  for (const char* job : {"1000", "-1", "100000"}) co_await tell(pool, job);
  co_await pool.shutdown();
}
// [/pool]

}  // namespace

// [main]
int main() {
  if (aio::is_pool_worker()) return aio::serve_jobs(count_primes);
  aio::run(program());
}
// [/main]
