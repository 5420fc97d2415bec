#pragma once
// Serves on a port that somebody names, until Ctrl-C: for programs that a browser or curl asks. And
// the pages that they serve: lessons/13-http/www.

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>
#include <http/static_files.hpp>

namespace serving {

/// Zero for what is no port.
inline std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return end == text.data() + text.size() && error == std::errc() ? port : std::uint16_t{0};
}

inline aio::Coro<> serve(http::Router router, std::uint16_t port) {
  http::ServerOptions options;
  options.grace = std::chrono::milliseconds(100);  // some responses here never end
  http::Server server = co_await http::serve(std::move(router), "127.0.0.1", port, options);
  std::printf("Open http://127.0.0.1:%d/ - Ctrl-C ends it.\n", server.port());
  std::fflush(stdout);
  co_await server.serve_forever();
}

/// A folder above the program, wherever it is started.
inline std::filesystem::path pages_folder() {
  const std::filesystem::path pages = "lessons/13-http/www";
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe");
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    if (std::filesystem::exists(folder / pages)) return folder / pages;
  }
  throw std::runtime_error("there is no folder " + pages.string() + " above this program");
}

// [add_page]
/// Adds one of the pages to the routes.
inline void add_page(http::Router& router, std::string page) {
  http::StaticFilesOptions options;
  options.parameter = "";  // the path itself names the file; that of "/" is
  options.index = std::move(page);
  router.get("/", http::static_files(pages_folder(), options));
}
// [/add_page]

}  // namespace serving

/// Returns the exit status of the program.
inline int serve_until_stopped(http::Router router, std::string_view port) {
  if (serving::port_of(port) == 0) return std::puts("The port is a number from 1 to 65535."), 2;
  try {
    aio::run(serving::serve(std::move(router), serving::port_of(port)));
  } catch (const aio::KeyboardInterrupt&) {
    return 0;
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
  return 0;
}
