// qt_scxml CHART LOOPS WARM: Qt SCXML with its ECMAScript data model plays the sequence of ../README.md in one session, WARM loops
// before the clock runs and LOOPS while it does, and prints one line of JSON.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <QCoreApplication>
#include <QScxmlDataModel>
#include <QScxmlStateMachine>
#include <QVariantMap>

namespace {

struct external_event {
  QString name;
  QVariantMap data;
};

const external_event loop_of_seven[] = {
    {"ocs.record", {{"phone", "15551234567"}}}, {"ocs.callresult", {{"callresult", "Busy"}}},   {"ocs.timeout", {}},
    {"ocs.callresult", {{"callresult", "NoAnswer"}}}, {"ocs.timeout", {}}, {"ocs.callresult", {{"callresult", "Answer"}}},
    {"ocs.next", {}}};

/// Seconds of the whole process.
double cpu_s() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The machine takes events from Qt's event loop.
void play(QScxmlStateMachine& machine, long loops) {
  for (long n = 0; n < loops; ++n) {
    for (const auto& event : loop_of_seven) machine.submitEvent(event.name, event.data);
    QCoreApplication::processEvents();
  }
}

bool has_played(QScxmlStateMachine& machine, long loops) {
  const auto* data = machine.dataModel();
  const auto is = [&](const char* item, const QVariant& wanted) { return data->scxmlProperty(item) == wanted; };
  return machine.activeStateNames() == QStringList{"next_record"} && is("attempts", 3.0) && is("maxAttempts", 3.0) &&
         is("calls", 3.0 * static_cast<double>(loops)) && is("lastResult", "Answer") && is("phone", "15551234567") &&
         is("delay", 30.0);
}

} // namespace

int main(int count, char** arguments) {
  if (count != 4) return std::fputs("qt_scxml: three arguments: CHART LOOPS WARM\n", stderr), 2;
  const long loops = std::atol(arguments[2]), warm = std::atol(arguments[3]);
  QCoreApplication application(count, arguments);
  const std::unique_ptr<QScxmlStateMachine> machine(QScxmlStateMachine::fromFile(arguments[1]));
  for (const auto& error : machine->parseErrors()) std::fprintf(stderr, "qt_scxml: %s\n", qPrintable(error.toString()));
  if (!machine->parseErrors().isEmpty()) return 1;
  machine->start();
  machine->submitEvent("ocs.start");
  play(*machine, warm);
  const auto before = cpu_s();
  play(*machine, loops);
  const auto used_s = cpu_s() - before;
  if (!has_played(*machine, warm + loops)) return std::fputs("qt_scxml: the chart has not made three calls a loop\n", stderr), 1;
  const auto events = static_cast<double>(loops) * std::size(loop_of_seven);
  std::printf("{\"events\": %.0f, \"cpu_s\": %.6f, \"events_per_cpu_s\": %.0f}\n", events, used_s, events / used_s);
}
