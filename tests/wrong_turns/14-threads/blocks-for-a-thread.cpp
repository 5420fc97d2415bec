// Name: Blocks for a thread
// Says: your thread works, and the loop stands still until it is done
// Caught-by: Fix14b_Prices.TheLoopGoesOnWhileTheLibraryWorks

aio::Coro<> PriceServer::serve(aio::Stream client) {
  while (std::optional<std::string> thing = co_await client.next_line()) {
    if (thing->ends_with('\n')) thing->pop_back();
    std::string answer;
    try {
      std::exception_ptr failure;
      std::thread asking([&] {
        try {
          answer = lookup_(*thing);
        } catch (...) {
          failure = std::current_exception();
        }
      });
      asking.join();
      if (failure != nullptr) std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      answer = std::string("error: ") + error.what();
    }
    co_await client.write_all(answer + "\n");
  }
}
