// use-14d: the fingerprints of many files. An executor is the limit, gather() keeps the order.

#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/threads.hpp>

#include "fingerprints.hpp"

//: use-14d so many threads, a coroutine for each file, and the loop tells how far it is
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  struct Work {  // is shared: a cancelled gather() does not wait for its children
    aio::Executor threads;
    Fingerprint of;
    Progress progress;
    std::size_t done, all;
  };
  const auto one = [](std::shared_ptr<Work> work,
                      std::filesystem::path file) -> aio::Coro<std::string> {
    std::string print;
    try {
      print = co_await work->threads.run(work->of, file);
    } catch (const std::exception& error) {
      print = std::string("error: ") + error.what();
    }
    work->progress(++work->done, work->all);
    co_return print;
  };
  aio::ExecutorOptions options;
  options.threads = at_once;
  options.name = "fingerprints";
  const std::shared_ptr<Work> work(
      new Work{aio::Executor(options), std::move(of), std::move(progress), 0, files.size()});
  std::vector<aio::Coro<std::string>> all;
  for (std::filesystem::path& file : files) all.push_back(one(work, std::move(file)));
  co_return co_await aio::gather(std::move(all));
}
