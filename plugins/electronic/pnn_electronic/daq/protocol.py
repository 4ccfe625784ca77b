"""NI's gRPC device protocol, as far as a client of analog tasks needs it.

The messages are those of nidaqmx.proto (github.com/ni/grpc-device), whose stubs come
with nidaqmx. An error travels as status UNKNOWN, with DAQmx's code in the trailing
metadata. Calls that are not written here answer UNIMPLEMENTED.
"""

# ruff: noqa: D102, N802  (the calls bear the names of the DAQmx functions)
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import grpc
import numpy as np
from nidaqmx._stubs import nidaqmx_pb2 as pb
from nidaqmx._stubs import nidaqmx_pb2_grpc
from nidaqmx.constants import TaskMode
from nidaqmx.error_codes import DAQmxErrors as Code

from pnn_electronic.daq import attributes
from pnn_electronic.daq.rack import Rack
from pnn_electronic.daq.refusal import RefusalError
from pnn_electronic.daq.task import Task

__all__ = ["Protocol"]

Call = Callable[["Protocol", Any], Any]


def answered(call: Call) -> Callable[..., Any]:
    """Turn refusals into DAQmx errors, and let a provoked fault happen."""
    name = call.__name__

    @wraps(call)
    def handle(self: Protocol, request: Any, context: grpc.ServicerContext) -> Any:
        rack, faults = self.rack, self.rack.board.faults
        try:
            if (code := faults.at(name)) is not None:
                raise RefusalError(code)
            with rack.changed:
                return call(self, request)
        except RefusalError as refusal:
            metadata = [("ni-error", str(refusal.code))]
            if refusal.read is not None:
                metadata.append(("ni-samps-per-chan-read", str(refusal.read)))
            context.set_trailing_metadata(metadata)
            context.abort(grpc.StatusCode.UNKNOWN, str(refusal))

    return handle


class Protocol(nidaqmx_pb2_grpc.NiDAQmxServicer):
    """Answers the calls of a client with the tasks of a rack."""

    def __init__(self, rack: Rack) -> None:
        self.rack = rack

    def _task(self, request: Any) -> Task:
        return self.rack.find(request.task.name)

    @answered
    def CreateTask(self, request: Any) -> Any:
        task, new = self.rack.create(request.session_name)
        return pb.CreateTaskResponse(
            task={"name": task.name}, new_session_initialized=new
        )

    @answered
    def ClearTask(self, request: Any) -> Any:
        self.rack.release(self._task(request))
        del self.rack.tasks[request.task.name]
        return pb.ClearTaskResponse()

    @answered
    def CreateAOVoltageChan(self, request: Any) -> Any:
        self._task(request).add(
            "ao", request.physical_channel, request.min_val, request.max_val
        )
        return pb.CreateAOVoltageChanResponse()

    @answered
    def CreateAIVoltageChan(self, request: Any) -> Any:
        task = self._task(request)
        task.add("ai", request.physical_channel, request.min_val, request.max_val)
        task.terminal = request.terminal_config_raw
        return pb.CreateAIVoltageChanResponse()

    @answered
    def CfgSampClkTiming(self, request: Any) -> Any:
        task = self._task(request)
        if request.sample_mode_raw != attributes.FINITE:
            raise RefusalError(Code.INVALID_ATTRIBUTE_VALUE, "Only finite sampling.")
        task.rate_hz, task.samples = request.rate, request.samps_per_chan
        task.clock = request.source
        return pb.CfgSampClkTimingResponse()

    @answered
    def CfgDigEdgeStartTrig(self, request: Any) -> Any:
        self._task(request).trigger = request.trigger_source
        return pb.CfgDigEdgeStartTrigResponse()

    @answered
    def SetBufferAttributeUInt32(self, request: Any) -> Any:
        if request.attribute_raw != attributes.OUTPUT_BUFFER:
            raise RefusalError(Code.ATTR_NOT_SUPPORTED)
        self._task(request).buffer = request.value
        return pb.SetBufferAttributeUInt32Response()

    @answered
    def TaskControl(self, request: Any) -> Any:
        task, action = self._task(request), TaskMode(request.action_raw)
        if action is TaskMode.TASK_START:
            self.rack.start(task)
        elif action is TaskMode.TASK_STOP:
            task.stop()
        elif action is TaskMode.TASK_VERIFY:
            task.verify()
        elif action in (TaskMode.TASK_RESERVE, TaskMode.TASK_COMMIT):
            self.rack.commit(task)
        else:
            self.rack.release(task)
        return pb.TaskControlResponse()

    @answered
    def StartTask(self, request: Any) -> Any:
        self.rack.start(self._task(request))
        return pb.StartTaskResponse()

    @answered
    def StopTask(self, request: Any) -> Any:
        self._task(request).stop()
        return pb.StopTaskResponse()

    @answered
    def WaitUntilTaskDone(self, request: Any) -> Any:
        self.rack.wait(self._task(request), request.time_to_wait)
        return pb.WaitUntilTaskDoneResponse()

    @answered
    def IsTaskDone(self, request: Any) -> Any:
        return pb.IsTaskDoneResponse(is_task_done=self._task(request).done)

    @answered
    def WriteAnalogF64(self, request: Any) -> Any:
        volts = np.array(request.write_array)
        self.rack.write(self._task(request), volts, request.auto_start)
        return pb.WriteAnalogF64Response(samps_per_chan_written=len(volts))

    @answered
    def WriteAnalogScalarF64(self, request: Any) -> Any:
        volts = np.array([request.value])
        self.rack.write(self._task(request), volts, request.auto_start)
        return pb.WriteAnalogScalarF64Response()

    @answered
    def ReadAnalogF64(self, request: Any) -> Any:
        task = self._task(request)
        codes = self.rack.read(task, request.num_samps_per_chan, request.timeout)
        volts = codes * task.board.step_v
        return pb.ReadAnalogF64Response(
            read_array=volts, samps_per_chan_read=len(volts)
        )

    @answered
    def ReadRaw(self, request: Any) -> Any:
        task, faults = self._task(request), self.rack.board.faults
        codes = self.rack.read(task, request.num_samps_per_chan, request.timeout)
        if faults.spend("cut"):
            codes = codes[:-1]
        return pb.ReadRawResponse(
            read_array=codes.tobytes(), samps_read=len(codes), num_bytes_per_samp=2
        )


def _attribute(call: str, message: str) -> Callable[..., Any]:
    """Return a call that answers with an attribute of a task."""
    response = getattr(pb, f"{call}Response")

    def handle(self: Protocol, request: Any) -> Any:
        task = self._task(request) if hasattr(request, "task") else None
        known = attributes.ATTRIBUTES.get(request.attribute_raw)
        if known is None:
            raise RefusalError(Code.ATTR_NOT_SUPPORTED)
        return response(**{message: known(task)})

    handle.__name__ = call
    return answered(handle)


for _call in attributes.CALLS:
    _field = "value_raw" if _call.endswith("AttributeInt32") else "value"
    setattr(Protocol, _call, _attribute(_call, _field))
