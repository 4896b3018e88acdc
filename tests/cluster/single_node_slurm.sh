#!/usr/bin/env bash
# A real SLURM of one node for the tests: single_node_slurm.sh start|stop FOLDER, as root.
#
# FOLDER holds its configuration, key, state and logs; nothing under /etc is read or written.
# `start` prints the exports that a client needs. Needs Debian's slurm-wlm and munge.
# SLURM_PORT (16817) and the port after it must be free.
set -euo pipefail

folder=$(realpath -m -- "$2")
port=${SLURM_PORT:-16817}
export PATH=$PATH:/usr/sbin SLURM_CONF=$folder/slurm.conf

configure() {
    local host memory
    host=$(hostname -s)
    memory=$(awk '/^MemTotal:/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)
    install -d -m 0755 "$folder" "$folder"/{bin,munge,spool,state}
    (umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
    cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
# Neither cgroups nor systemd are needed; memory is watched by sampling /proc.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
MpiDefault=none
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# Without a database squeue alone knows how a job ended.
AccountingStorageType=accounting_storage/none
MinJobAge=3600
# A job's time is checked every half minute; there is no grace after it.
OverTimeLimit=0
KillWait=1
ReturnToService=2
SlurmdParameters=config_overrides
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
# Eight CPUs whatever there are: as wide as the widest submission of the profile.
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 RealMemory=$memory
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE
CONF
    # The plugin's job step clears the SLURM_ variables that srun needs to find this cluster.
    printf '#!/bin/sh\nSLURM_CONF=%q exec %q "$@"\n' "$SLURM_CONF" "$(command -v srun)" \
        >"$folder/bin/srun"
    chmod +x "$folder/bin/srun"
}

wait_until() {
    for _ in {1..200}; do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    echo "SLURM did not start; see $folder" >&2
    return 1
}

node_is_idle() { sinfo --noheader --format=%t | grep -qx idle; }

start() {
    configure
    munged --key-file="$folder/munge/key" --seed-file="$folder/munge/seed" \
        --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munge/log"
    wait_until munge --socket="$folder/munge/socket" --no-input
    slurmctld
    wait_until scontrol ping
    slurmd
    wait_until node_is_idle
    printf 'SLURM_CONF=%s\nPATH=%s\n' "$SLURM_CONF" "$folder/bin:$PATH"
}

stop() {
    local daemon pid
    scancel --user=root 2>/dev/null || true
    for daemon in slurmd slurmctld munged; do
        [[ -s $folder/$daemon.pid ]] || continue
        read -r pid <"$folder/$daemon.pid"
        kill "$pid" 2>/dev/null || continue
        for _ in {1..100}; do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    done
}

case $1 in
    start | stop) "$1" ;;
    *) echo "usage: $0 start|stop FOLDER" >&2; exit 2 ;;
esac
