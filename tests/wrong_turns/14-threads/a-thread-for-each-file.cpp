// Name: A thread for each file
// Says: your fingerprints have no limit: each file has a thread
// Caught-by: Use14d_Fingerprints.EightAreMadeAtOnce

//: use-14d
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  static_cast<void>(at_once);
  aio::ExecutorOptions options;
  options.threads = files.size() + 1;
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
