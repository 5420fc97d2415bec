// Name: Exceptions that are std::exceptions only
// Says: your unhandled_exception() keeps what derives from std::exception, and lets all else go on
//   to whoever resumes
// Caught-by: Step2_Exception.IsKeptWhateverItsType

//: 6.2
template <class T>
void CoroPromiseBase<T>::unhandled_exception() {
  try {
    throw;
  } catch (const std::exception&) {
    fresh_result().set_exception(std::current_exception());
  }
}
