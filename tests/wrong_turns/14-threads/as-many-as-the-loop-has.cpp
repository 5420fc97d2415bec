// Name: As many as the loop has
// Says: your limit is that of to_thread(), whatever you were asked for
// Caught-by: Use14d_Fingerprints.NoMoreThanAllowed

//: use-14d
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  static_cast<void>(at_once);
  std::size_t done = 0;
  const auto one = [&](std::filesystem::path file) -> aio::Coro<std::string> {
    std::string print;
    try {
      print = co_await aio::to_thread(of, file);
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
