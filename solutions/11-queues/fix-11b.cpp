// fix-11b: a pipeline in which everybody waits for everybody.

#include <cctype>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "pipeline.hpp"

aio::Coro<> Pipeline::put_all(std::vector<std::string> lines) {
  for (std::string& line : lines) co_await in_.put(std::move(line));
  in_.shutdown();
}

aio::Coro<> Pipeline::capitals() {
  try {
    for (;;) {
      std::string line = co_await in_.get();
      for (char& c : line) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      co_await out_.put(std::move(line));
    }
  } catch (const aio::QueueShutDown&) {
    out_.shutdown();
  }
}

aio::Coro<std::vector<std::string>> Pipeline::get_all() {
  std::vector<std::string> lines;
  try {
    for (;;) lines.push_back(co_await out_.get());
  } catch (const aio::QueueShutDown&) {
  }
  co_return lines;
}

aio::Coro<std::vector<std::string>> Pipeline::work(std::vector<std::string> lines) {
  //: fix-11b now
  auto all = co_await aio::gather(aio::return_exceptions, put_all(std::move(lines)), capitals(),
                                  get_all());
  std::get<0>(all).value();
  std::get<1>(all).value();
  co_return std::move(std::get<2>(all)).value();
  //: fix-11b was
  // const auto stage = aio::create_task(capitals());
  // co_await put_all(std::move(lines));
  // co_await stage;
  // co_return co_await get_all();
  //: fix-11b end
}
