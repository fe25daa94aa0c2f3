"""Commitment, verification, credit; the register of permits with versions, events and proceedings."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard_append_only

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('certificate_templates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('definition', sa.JSON(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_templates')),
    sa.UniqueConstraint('kind', 'content_hash', name=op.f('uq_certificate_templates_kind_content_hash')),
    sa.UniqueConstraint('kind', 'version', name=op.f('uq_certificate_templates_kind_version'))
    )
    op.create_index(op.f('ix_certificate_templates_kind'), 'certificate_templates', ['kind'], unique=False)
    _versions()
    op.create_table('commitments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.Column('text_version', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_by_id', sa.Integer(), nullable=False),
    sa.Column('sign_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('notice_document_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_by_id', sa.Integer(), nullable=True),
    sa.Column('manner', sa.String(length=10), nullable=False),
    sa.Column('signatory', sa.String(length=80), nullable=False),
    sa.Column('capacity', sa.String(length=20), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('scan_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reasons', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_commitments_case_id_cases')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_commitments_document_id_documents')),
    sa.ForeignKeyConstraint(['notice_document_id'], ['documents.id'], name=op.f('fk_commitments_notice_document_id_documents')),
    sa.ForeignKeyConstraint(['offered_by_id'], ['staff.id'], name=op.f('fk_commitments_offered_by_id_staff')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_commitments_part_id_case_parts')),
    sa.ForeignKeyConstraint(['scan_id'], ['stored_files.id'], name=op.f('fk_commitments_scan_id_stored_files')),
    sa.ForeignKeyConstraint(['taken_by_id'], ['staff.id'], name=op.f('fk_commitments_taken_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitments')),
    sa.UniqueConstraint('part_id', name=op.f('uq_commitments_part_id'))
    )
    op.create_index(op.f('ix_commitments_case_id'), 'commitments', ['case_id'], unique=False)
    op.create_table('commitment_clauses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('standard', sa.JSON(), nullable=False),
    sa.Column('replaces', sa.String(length=60), nullable=False),
    sa.Column('replaced_name', sa.JSON(), nullable=False),
    sa.Column('follow_by', sa.Date(), nullable=True),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=False),
    sa.Column('on_site', sa.Boolean(), nullable=False),
    sa.Column('ticked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitments.id'], name=op.f('fk_commitment_clauses_commitment_id_commitments')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_commitment_clauses_department_id_departments')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_clauses')),
    sa.UniqueConstraint('commitment_id', 'code', name=op.f('uq_commitment_clauses_commitment_id_code'))
    )
    op.create_index(op.f('ix_commitment_clauses_commitment_id'), 'commitment_clauses', ['commitment_id'], unique=False)
    op.create_table('permit_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('from_status', sa.String(length=20), nullable=False),
    sa.Column('to_status', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ground', sa.String(length=40), nullable=False),
    sa.Column('article', sa.String(length=200), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_permit_events_case_id_cases')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_permit_events_document_id_documents')),
    sa.ForeignKeyConstraint(['permit_id'], ['permits.id'], name=op.f('fk_permit_events_permit_id_permits')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_permit_events_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_permit_events'))
    )
    op.create_index(op.f('ix_permit_events_at'), 'permit_events', ['at'], unique=False)
    op.create_index(op.f('ix_permit_events_permit_id'), 'permit_events', ['permit_id'], unique=False)
    op.create_table('verifications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verification_limit', sa.JSON(), nullable=False),
    sa.Column('calendar_version', sa.Integer(), nullable=False),
    sa.Column('due', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('notice_document_id', sa.Integer(), nullable=True),
    sa.Column('rectify_by', sa.Date(), nullable=True),
    sa.Column('rectify_document_id', sa.Integer(), nullable=True),
    sa.Column('rectified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rectified_words', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('end_reasons', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_verifications_case_id_cases')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitments.id'], name=op.f('fk_verifications_commitment_id_commitments')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_verifications_department_id_departments')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_verifications_document_id_documents')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['staff.id'], name=op.f('fk_verifications_ended_by_id_staff')),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instances.id'], name=op.f('fk_verifications_instance_id_process_instances')),
    sa.ForeignKeyConstraint(['notice_document_id'], ['documents.id'], name=op.f('fk_verifications_notice_document_id_documents')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_verifications_part_id_case_parts')),
    sa.ForeignKeyConstraint(['rectify_document_id'], ['documents.id'], name=op.f('fk_verifications_rectify_document_id_documents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications')),
    sa.UniqueConstraint('commitment_id', 'department_id', name=op.f('uq_verifications_commitment_id_department_id'))
    )
    op.create_index(op.f('ix_verifications_case_id'), 'verifications', ['case_id'], unique=False)
    op.create_index(op.f('ix_verifications_commitment_id'), 'verifications', ['commitment_id'], unique=False)
    op.create_index(op.f('ix_verifications_department_id'), 'verifications', ['department_id'], unique=False)
    op.create_index(op.f('ix_verifications_due'), 'verifications', ['due'], unique=False)
    op.create_index(op.f('ix_verifications_instance_id'), 'verifications', ['instance_id'], unique=False)
    op.create_table('credit_records',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('applicant_id', sa.Integer(), nullable=False),
    sa.Column('number_index', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('item_code', sa.String(length=60), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('part_id', sa.Integer(), nullable=True),
    sa.Column('clause_id', sa.Integer(), nullable=True),
    sa.Column('article', sa.String(length=120), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('repaired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('repaired_by_id', sa.Integer(), nullable=True),
    sa.Column('repair_reasons', sa.Text(), nullable=False),
    sa.Column('repair_document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicants.id'], name=op.f('fk_credit_records_applicant_id_applicants')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_credit_records_case_id_cases')),
    sa.ForeignKeyConstraint(['clause_id'], ['commitment_clauses.id'], name=op.f('fk_credit_records_clause_id_commitment_clauses')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_credit_records_department_id_departments')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_credit_records_part_id_case_parts')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['staff.id'], name=op.f('fk_credit_records_recorded_by_id_staff')),
    sa.ForeignKeyConstraint(['repair_document_id'], ['documents.id'], name=op.f('fk_credit_records_repair_document_id_documents')),
    sa.ForeignKeyConstraint(['repaired_by_id'], ['staff.id'], name=op.f('fk_credit_records_repaired_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_records'))
    )
    op.create_index(op.f('ix_credit_records_applicant_id'), 'credit_records', ['applicant_id'], unique=False)
    op.create_index(op.f('ix_credit_records_case_id'), 'credit_records', ['case_id'], unique=False)
    op.create_index(op.f('ix_credit_records_number_index'), 'credit_records', ['number_index'], unique=False)
    op.create_index('ix_credit_records_open', 'credit_records', ['number_index'], unique=False, sqlite_where=sa.text('repaired_at IS NULL'), postgresql_where=sa.text('repaired_at IS NULL'))
    op.create_table('proceedings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permit_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('ground', sa.String(length=40), nullable=False),
    sa.Column('deceit', sa.Boolean(), nullable=False),
    sa.Column('verification_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_by_id', sa.Integer(), nullable=True),
    sa.Column('notice_document_id', sa.Integer(), nullable=True),
    sa.Column('statement_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hearing_right', sa.Boolean(), nullable=False),
    sa.Column('hearing_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('statement_waived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hearing_waived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made', sa.Boolean(), nullable=True),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('assessment', sa.Text(), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heard_by_id', sa.Integer(), nullable=True),
    sa.Column('record_document_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('result', sa.String(length=20), nullable=False),
    sa.Column('decision_reasons', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_proceedings_case_id_cases')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['staff.id'], name=op.f('fk_proceedings_decided_by_id_staff')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_proceedings_department_id_departments')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_proceedings_document_id_documents')),
    sa.ForeignKeyConstraint(['heard_by_id'], ['staff.id'], name=op.f('fk_proceedings_heard_by_id_staff')),
    sa.ForeignKeyConstraint(['notice_document_id'], ['documents.id'], name=op.f('fk_proceedings_notice_document_id_documents')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['staff.id'], name=op.f('fk_proceedings_opened_by_id_staff')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_proceedings_part_id_case_parts')),
    sa.ForeignKeyConstraint(['permit_id'], ['permits.id'], name=op.f('fk_proceedings_permit_id_permits')),
    sa.ForeignKeyConstraint(['record_document_id'], ['documents.id'], name=op.f('fk_proceedings_record_document_id_documents')),
    sa.ForeignKeyConstraint(['told_by_id'], ['staff.id'], name=op.f('fk_proceedings_told_by_id_staff')),
    sa.ForeignKeyConstraint(['verification_id'], ['verifications.id'], name=op.f('fk_proceedings_verification_id_verifications')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proceedings'))
    )
    op.create_index(op.f('ix_proceedings_case_id'), 'proceedings', ['case_id'], unique=False)
    op.create_index(op.f('ix_proceedings_permit_id'), 'proceedings', ['permit_id'], unique=False)
    op.create_index('uq_proceedings_open', 'proceedings', ['permit_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
    op.create_table('verification_checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('verification_id', sa.Integer(), nullable=False),
    sa.Column('clause_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('manner', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('finding', sa.Text(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('first_officer_id', sa.Integer(), nullable=False),
    sa.Column('second_officer_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clause_id'], ['commitment_clauses.id'], name=op.f('fk_verification_checks_clause_id_commitment_clauses')),
    sa.ForeignKeyConstraint(['first_officer_id'], ['staff.id'], name=op.f('fk_verification_checks_first_officer_id_staff')),
    sa.ForeignKeyConstraint(['second_officer_id'], ['staff.id'], name=op.f('fk_verification_checks_second_officer_id_staff')),
    sa.ForeignKeyConstraint(['verification_id'], ['verifications.id'], name=op.f('fk_verification_checks_verification_id_verifications')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification_checks'))
    )
    op.create_index(op.f('ix_verification_checks_clause_id'), 'verification_checks', ['clause_id'], unique=False)
    op.create_index(op.f('ix_verification_checks_verification_id'), 'verification_checks', ['verification_id'], unique=False)
    op.add_column('case_parts', sa.Column('path', sa.String(length=20), nullable=False, server_default='ordinary'))
    op.add_column('case_parts', sa.Column('path_reason', sa.String(length=300), nullable=False, server_default=''))
    op.add_column('cases', sa.Column('request', sa.String(length=20), nullable=False, server_default='new'))
    for table, column, other in (
        ('cases', 'permit_id', 'permits'),
        ('hearings', 'proceeding_id', 'proceedings'),
        ('stored_files', 'check_id', 'verification_checks'),
    ):  # both databases take a named reference with the column; SQLite takes it no other way without a copy
        name = f'fk_{table}_{column}_{other}'
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {other} (id)')
    op.create_index(op.f('ix_cases_permit_id'), 'cases', ['permit_id'], unique=False)
    op.create_index(op.f('ix_hearings_proceeding_id'), 'hearings', ['proceeding_id'], unique=False)
    op.create_index(op.f('ix_stored_files_check_id'), 'stored_files', ['check_id'], unique=False)
    _enter_what_was_issued()
    guard_append_only('permit_events', 'verification_checks')


def _versions() -> None:
    """Permits get versions; those issued until now are the first."""
    with op.batch_alter_table('permits') as batch:
        batch.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch.add_column(sa.Column('replaces_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('identifier', sa.String(length=80), nullable=False, server_default=''))
        batch.add_column(sa.Column('template_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('item_code', sa.String(length=60), nullable=False, server_default=''))
        batch.add_column(sa.Column('applicant_id', sa.Integer(), nullable=True))
        batch.drop_constraint(op.f('uq_permits_number'), type_='unique')
        batch.create_unique_constraint(op.f('uq_permits_number_version'), ['number', 'version'])
        batch.create_foreign_key(op.f('fk_permits_replaces_id_permits'), 'permits', ['replaces_id'], ['id'])
        batch.create_foreign_key(op.f('fk_permits_applicant_id_applicants'), 'applicants', ['applicant_id'], ['id'])
        batch.create_foreign_key(
            op.f('fk_permits_template_id_certificate_templates'), 'certificate_templates', ['template_id'], ['id']
        )
    for column in ('applicant_id', 'identifier', 'number', 'valid_until'):
        op.create_index(op.f(f'ix_permits_{column}'), 'permits', [column], unique=False)
    in_force = sa.text("status IN ('valid', 'suspended')")
    op.create_index('uq_permits_in_force', 'permits', ['number'], unique=True, sqlite_where=in_force, postgresql_where=in_force)


def _enter_what_was_issued() -> None:
    """The register begins with every permit there is: whose it is, of which item, and that it was issued."""
    op.execute(
        'UPDATE permits SET applicant_id = (SELECT applicant_id FROM cases WHERE cases.id = permits.case_id), '
        'item_code = (SELECT service_items.code FROM cases LEFT JOIN case_parts ON case_parts.id = permits.part_id '
        'JOIN service_items ON service_items.id = COALESCE(case_parts.item_id, cases.item_id) '
        'WHERE cases.id = permits.case_id)'
    )
    op.execute(
        'INSERT INTO permit_events (permit_id, kind, from_status, to_status, at, ground, article, reasons, case_id, '
        "document_id) SELECT id, 'issued', '', 'valid', issued_at, '', '', '', case_id, document_id FROM permits"
    )
    op.execute(
        'INSERT INTO permit_events (permit_id, kind, from_status, to_status, at, ground, article, reasons, case_id, '
        "document_id) SELECT permits.id, 'void', 'valid', 'voided', permits.issued_at, '', '', "
        "documents.status_reasons, permits.case_id, permits.document_id FROM permits "
        "JOIN documents ON documents.id = permits.document_id WHERE permits.status = 'voided'"
    )


def downgrade() -> None:
    """Refuse: legal records are not taken apart; restore a backup instead."""
    raise NotImplementedError
