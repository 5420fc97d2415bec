// fix-15b: a profile from three sources, and nobody who goes on asking after it has failed.

#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "profile.hpp"

aio::Coro<Profile> load_profile(Sources sources) {
  //: fix-15b now
  const auto ask = [&sources](aio::TaskGroup& group) -> aio::Coro<Profile> {
    const aio::Task<std::string> orders = group.create_task(sources.orders());
    const aio::Task<std::string> picture = group.create_task(sources.picture());
    std::string name = co_await sources.name();
    const std::string& what = co_await orders;
    const std::string& shown = co_await picture;
    co_return Profile(std::move(name), what, shown);
  };
  co_return co_await aio::task_group(ask);
  //: fix-15b was
  // const aio::Task<std::string> orders = aio::create_task(sources.orders());
  // const aio::Task<std::string> picture = aio::create_task(sources.picture());
  // std::string name = co_await sources.name();
  // const std::string& what = co_await orders;
  // const std::string& shown = co_await picture;
  // co_return Profile(std::move(name), what, shown);
  //: fix-15b end
}
