#pragma once
// What the fix exercises of lesson 06 define.

#include <string>

#include <aio/coro.hpp>

/// fix-6b: "hello, NAME", a second after it was awaited.
aio::Coro<std::string> welcome(std::string who);

/// fix-6c: "DISH is ready", a second after it was awaited.
aio::Coro<std::string> cook(std::string dish);

/// fix-6d: "NAME!", a second after it was awaited.
aio::Coro<std::string> announce(std::string who);
