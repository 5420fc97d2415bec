// Name: One file after the other
// Says: your next file begins when the last one is done
// Caught-by: Use14d_Fingerprints.EightAreMadeAtOnce

//: use-14d
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  aio::ExecutorOptions options;
  options.threads = at_once;
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
  std::vector<std::string> prints;
  for (const std::filesystem::path& file : files) prints.push_back(co_await one(file));
  co_return prints;
}
