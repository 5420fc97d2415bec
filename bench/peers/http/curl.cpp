// libcurl's multi interface: a client (W12), with its own wait.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "harness/peer.hpp"

namespace {

constexpr int requests = 10'000, connections = 100;

std::size_t take(char*, std::size_t size, std::size_t count, void* taken) {
  *static_cast<std::size_t*>(taken) += size * count;
  return size * count;
}

void check(bool well, const char* what) {
  if (!well) throw std::runtime_error(what);
}

/// Starts `easy` anew as soon as it is done, until enough have been started.
peers::Done ask(long port, long) {
  CURLM* const multi = curl_multi_init();
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
  std::size_t taken = 0;
  std::vector<CURL*> all;
  for (int i = 0; i < connections; ++i) {
    CURL* const easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &taken);
    curl_multi_add_handle(multi, easy);
    all.push_back(easy);
  }
  int started = connections, done = 0, running = 0, left = 0;
  while (done < requests) {
    curl_multi_perform(multi, &running);
    while (CURLMsg* const message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      check(message->data.result == CURLE_OK, "a request failed");
      CURL* const easy = message->easy_handle;
      curl_multi_remove_handle(multi, easy);
      ++done;
      if (started++ < requests) curl_multi_add_handle(multi, easy);
    }
    if (done < requests) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  check(taken == std::size_t{6} * requests, "another answer");
  for (CURL* const easy : all) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  return {requests};
}

}  // namespace

int main(int argc, char** argv) { return peers::measure(argc, argv, {{"W12", ask, false}}); }
