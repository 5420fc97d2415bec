// Name: An end that is taken for a number
// Says: your next() asks whether the body is done before it resumes, and not afterwards: the end
//   counts as one more number
// Caught-by: Use6e_Generator.GivesTheNumbersInOrder,
//   Use6e_Generator.GivesNothingWhenTheBodyYieldsNothing

struct Generator {
  bool next() override {
    if (handle_.done()) return false;
    handle_.resume();
    if (auto error = std::exchange(handle_.promise().error, nullptr)) {
      std::rethrow_exception(std::move(error));
    }
    return true;
  }
};
