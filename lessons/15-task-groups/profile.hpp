#pragma once
// Exercise fix-15b: a profile from three sources.

#include <functional>
#include <string>
#include <utility>

#include <aio/coro.hpp>

/// Where the parts of a profile come from; each may take its time, or throw.
struct Sources {
  using Source = std::function<aio::Coro<std::string>()>;
  Source name, orders, picture;
};

struct Profile {
  Profile(std::string whose, std::string what, std::string shown)
      : name(std::move(whose)), orders(std::move(what)), picture(std::move(shown)) {}
  std::string name, orders, picture;
};

/// Asks the three sources at the same time. When this returns or throws, none of them is being
/// asked any more. Throws ExceptionGroup with what failed, and CancelledError when it is cancelled.
aio::Coro<Profile> load_profile(Sources sources);
