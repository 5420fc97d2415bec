// Other programs: one that is fed and read, one that takes too long, one that is not there.

#include <chrono>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/process.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

using namespace std::chrono_literals;

namespace {

// [sort]
aio::Coro<> sorted() {
  const aio::Process sort =
      co_await aio::create_subprocess(aio::argv("sort"), aio::ProcessOptions::piped());
  const aio::ProcessOutput all = co_await sort.communicate("pear\napple\nfig\n");
  std::printf("%sstatus %d\n", all.output.c_str(), all.returncode);
}
// [/sort]

// [limit]
aio::Coro<> limited() {
  aio::ProcessOptions options = aio::ProcessOptions::piped();
  options.new_group = true;  // so that stop() reaches what it has started, too
  const aio::Process slow =
      co_await aio::create_subprocess_shell("echo begun; sleep 60; echo never", options);
  bool in_time = true;
  try {
    co_await aio::wait_for(slow.communicate(), 200ms);
  } catch (const aio::TimeoutError&) {
    in_time = false;
  }
  if (in_time) co_return;
  const int status = co_await slow.stop(1s);  // asks it to end, kills it a second later
  const aio::ProcessOutput rest = co_await slow.communicate();
  std::printf("%sended by signal %d\n", rest.output.c_str(), -status);
}
// [/limit]

aio::Coro<> missing() {
  try {
    co_await aio::create_subprocess(aio::argv("no-such-program"));
  } catch (const std::system_error& error) {
    std::printf("%s\n", error.code().message().c_str());
  }
}

aio::Coro<> all() {
  co_await sorted();
  co_await limited();
  co_await missing();
}

}  // namespace

int main() { aio::run(all()); }
