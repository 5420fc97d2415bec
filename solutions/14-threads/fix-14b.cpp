// fix-14b: a server that asks a library which blocks, and a loop that goes on meanwhile.

#include <exception>
#include <optional>
#include <string>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/threads.hpp>

#include "prices.hpp"

aio::Coro<> PriceServer::serve(aio::Stream client) {
  while (std::optional<std::string> thing = co_await client.next_line()) {
    if (thing->ends_with('\n')) thing->pop_back();
    std::string answer;
    try {
      //: fix-14b now
      answer = co_await library_.run(lookup_, *thing);
      //: fix-14b was
      // answer = lookup_(*thing);
      //: fix-14b end
    } catch (const std::exception& error) {
      answer = std::string("error: ") + error.what();
    }
    co_await client.write_all(answer + "\n");
  }
}
