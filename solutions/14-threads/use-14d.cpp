// use-14d: the fingerprints of many files. An executor is the limit, gather() keeps the order.

#include <cstddef>
#include <exception>
#include <filesystem>
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
  aio::ExecutorOptions options;
  options.threads = at_once;
  options.name = "fingerprints";
  const aio::Executor threads(options);
  std::size_t done = 0;
  const auto one = [&](std::filesystem::path file) -> aio::Coro<std::string> {
    std::string print;
    try {
      print = co_await threads.run(of, file);
    } catch (const std::exception& error) {
      print = std::string("error: ") + error.what();
    }
    progress(++done, files.size());
    co_return print;
  };
  std::vector<aio::Coro<std::string>> all;
  for (const std::filesystem::path& file : files) all.push_back(one(file));
  co_return co_await aio::gather(std::move(all));
}
